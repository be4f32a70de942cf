-- Of rows of the same time the last one is kept, and the first one when the first is asked for.
CREATE TABLE t (n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'ties.in', 'format' = 'csv');
CREATE VIEW w AS SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND));
SELECT 'last', n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY ts DESC) AS r FROM w) WHERE r = 1
UNION ALL
SELECT 'first', n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY ts) AS r FROM w) WHERE r <= 1
UNION ALL
SELECT 'second last', n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY ts DESC) AS r FROM w) WHERE r < 3 AND r > 1;
