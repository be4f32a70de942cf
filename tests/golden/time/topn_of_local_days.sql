-- The windows close at local midnight, not at midnight in Greenwich.
-- account: in=13 out=12 dropped=1 (late=1)
SET 'table.local-time-zone' = 'America/New_York';
CREATE TABLE t (s BIGINT, ts AS TO_TIMESTAMP_LTZ(s, 0), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR)
  WITH ('connector' = 'filesystem', 'path' = 'topn.in', 'format' = 'csv');
SELECT window_start, s, r FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY s DESC) AS r
  FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY))) WHERE r <= 2;
