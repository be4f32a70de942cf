-- account: in=6 out=6 dropped=0
CREATE TABLE t (ts TIMESTAMP(3), k ARRAY<STRING>, r ROW<a INT, b STRING>, n INT, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'keys.in', 'format' = 'json');
SELECT window_start, k, r, r.b, COUNT(*), SUM(n) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, k, r;
