-- Values of all types. PERCENTILE_APPROX gives one of the values, of a DECIMAL of more than 18 digits a DOUBLE;
-- COUNT_MIN(x, v) compares as x = v does: 5.5 is no TINYINT, and 300 does not wrap into one.
CREATE TABLE t (
  ts TIMESTAMP(3), b TINYINT, s SMALLINT, g BIGINT, f FLOAT, w DECIMAL(30, 2), e DATE, h TIME(0), z BOOLEAN,
  WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'types.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT PERCENTILE_APPROX(b, 0.5), PERCENTILE_APPROX(s, 0.5), PERCENTILE_APPROX(g, 0),
  PERCENTILE_APPROX(f, ARRAY[0.5, 1]), PERCENTILE_APPROX(w, 0.75), PERCENTILE_APPROX(e, 0.5),
  CAST(PERCENTILE_APPROX(h, 0.5) AS STRING), PERCENTILE_APPROX(ts, 0.99),
  TOPK_APPROX(w, 1), TOPK_APPROX(e, 1), TOPK_APPROX(z, 2), TOPK_APPROX(f, 2), TOPK_APPROX(ARRAY[b], 1),
  COUNT_MIN(b, 5), COUNT_MIN(b, 5.5), COUNT_MIN(b, 300), COUNT_MIN(w, 0), COUNT_MIN(f), COUNT_MIN(s, g),
  COUNT_MIN(z), COUNT_MIN(e),
  APPROX_COUNT_DISTINCT(f), APPROX_COUNT_DISTINCT(w), APPROX_COUNT_DISTINCT(h), APPROX_COUNT_DISTINCT(z)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
