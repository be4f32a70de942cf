-- Of equal rows the one that came first goes first, whatever slices of the window they are in.
CREATE TABLE t (n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE)
  WITH ('connector' = 'filesystem', 'path' = 'ties_across_slices.in', 'format' = 'csv');
SELECT 'hop', window_start, n, r FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY zero) AS r FROM (
    SELECT *, n * 0 AS zero FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND)))
) WHERE r <= 3
UNION ALL
SELECT 'cumulate', window_end, n, r FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY zero) AS r FROM (
    SELECT *, n * 0 AS zero FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND)))
) WHERE r <= 3;
