-- ordered
-- account: none
-- parallelism: 2
-- EXPLAIN prints the plan and runs nothing: the file is not there.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, unread STRING, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'no/such/file', 'format' = 'csv');
EXPLAIN SELECT k, window_start, SUM(v) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
WHERE v > 1 GROUP BY k, window_start, window_end;
