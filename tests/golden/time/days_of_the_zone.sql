-- Days of 23 and 25 hours: window bounds are wall time, and the days are Berlin's.
SET 'table.local-time-zone' = 'Europe/Berlin';
CREATE TABLE t (s BIGINT, ts AS TO_TIMESTAMP_LTZ(s, 0), WATERMARK FOR ts AS ts - INTERVAL '1' DAY)
  WITH ('connector' = 'filesystem', 'path' = 'windows.in', 'format' = 'csv');
SELECT window_start, window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY))
GROUP BY window_start, window_end;
