CREATE TABLE t (s STRING, d DOUBLE) WITH (
  'connector' = 'filesystem', 'path' = 'casts.in', 'format' = 'json');
SELECT s, TRY_CAST(s AS INT), TRY_CAST(s AS DOUBLE), TRY_CAST(s AS DECIMAL(6, 2)),
  TRY_CAST(s AS BOOLEAN), TRY_CAST(CASE WHEN s LIKE '20%' THEN s END AS DATE), CAST(d AS INT), CAST(d AS BIGINT), CAST(d AS STRING)
FROM t;
