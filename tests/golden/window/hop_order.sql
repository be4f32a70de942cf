-- account: in=6 out=6 dropped=0
-- Lists hold the newest slice's values first, in each slice as they came: Flink adds up a window's
-- slices in that order. FIRST_VALUE and LAST_VALUE are the oldest slice's and the newest one's.
CREATE TABLE t (ts TIMESTAMP(3), v STRING, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'hop_order.in', 'format' = 'csv');
SELECT LISTAGG(v), FIRST_VALUE(v), LAST_VALUE(v), window_end
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND))
GROUP BY window_start, window_end;
