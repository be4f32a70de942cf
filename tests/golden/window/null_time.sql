-- account: in=3 out=2 dropped=1 (null_time=1)
-- A row without time belongs to no window: dropped, with its reason.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'null_time.in', 'format' = 'json');
SELECT COUNT(*), window_end
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY window_start, window_end;
