-- Aggregates pass over NULL; without any value they are NULL, COUNT is 0. SUM and AVG of integers
-- are of their argument's type, AVG cut off towards zero; SUM of DECIMAL(6, 2) is DECIMAL(38, 2) and
-- AVG DECIMAL(38, 6).
CREATE TABLE t (
  ts TIMESTAMP(3), k STRING, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE,
  m DECIMAL(6, 2), x STRING, da DATE, tm TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'aggregates.in', 'format' = 'json');
CREATE VIEW w AS SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND));
SELECT 'count', k, CAST(COUNT(t) AS STRING), CAST(COUNT(x) AS STRING), CAST(COUNT(m) AS STRING), CAST(COUNT(*) AS STRING)
FROM w GROUP BY k, window_start, window_end
UNION ALL
SELECT 'sum', k, CAST(SUM(t) AS STRING), CAST(SUM(l) AS STRING), CAST(SUM(m) AS STRING), CAST(SUM(d) AS STRING)
FROM w GROUP BY k, window_start, window_end
UNION ALL
SELECT 'avg', k, CAST(AVG(s) AS STRING), CAST(AVG(i) AS STRING), CAST(AVG(m) AS STRING), CAST(AVG(f) AS STRING)
FROM w GROUP BY k, window_start, window_end
UNION ALL
SELECT 'min', k, CAST(MIN(s) AS STRING), MIN(x), CAST(MIN(m) AS STRING), CAST(MIN(da) AS STRING)
FROM w GROUP BY k, window_start, window_end
UNION ALL
SELECT 'max', k, CAST(MAX(l) AS STRING), MAX(x), CAST(MAX(tm) AS STRING), CAST(MAX(d) AS STRING)
FROM w GROUP BY k, window_start, window_end;
