CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'offset.in', 'format' = 'csv');
SELECT 'ahead', COUNT(*), window_start, window_end
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '15' SECOND))
GROUP BY window_start, window_end
UNION ALL
SELECT 'back', COUNT(*), window_start, window_end
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL -'15' SECOND))
GROUP BY window_start, window_end
UNION ALL
SELECT 'hop', COUNT(*), window_start, window_end
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE, INTERVAL '15' SECOND))
GROUP BY window_start, window_end;
