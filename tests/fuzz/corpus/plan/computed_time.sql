-- A computed time attribute, from milliseconds; TIMESTAMP_LTZ prints as an instant and its windows'
-- bounds as timestamps.
CREATE TABLE t (ms BIGINT, v INT, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'computed_time.in', 'format' = 'csv');
SELECT window_start, window_end, window_time, SUM(v), MIN(ts)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, window_time;
