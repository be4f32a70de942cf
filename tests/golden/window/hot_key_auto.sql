-- One key has half of the rows; others are NULL, long, rare. With four instances and more AUTO combines its rows.
-- parallelism: 1 4 6
-- account: in=1500 out=1487 dropped=13 (late=13)
SET 'table.optimizer.agg-phase-strategy' = 'AUTO';
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, m DECIMAL(10, 2), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'hot_key.in', 'format' = 'csv', 'csv.null-literal' = 'NULL');
SELECT k, window_end, COUNT(*), COUNT(v), SUM(v), MIN(v), MAX(m), AVG(v), AVG(m), SUM(v) FILTER (WHERE v > 20)
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND))
GROUP BY k, window_start, window_end;
