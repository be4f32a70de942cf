-- account: in=3 out=3 dropped=0
-- A window function without an aggregate: each row once for each of its windows, and none is late.
CREATE TABLE t (ts TIMESTAMP(3), v INT, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'no_aggregate.in', 'format' = 'csv');
SELECT v, ts, window_start, window_end, window_time
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND));
