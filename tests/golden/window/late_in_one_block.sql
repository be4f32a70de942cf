-- account: in=4 out=3 dropped=1 (late=1)
-- Without delay the watermark is the largest time itself; a row that is late by the row right before
-- it is late although both come in the same block.
CREATE TABLE t (ts TIMESTAMP(3), v INT, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'late_in_one_block.in', 'format' = 'csv');
SELECT COUNT(*), SUM(v), window_end
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND))
GROUP BY window_start, window_end;
