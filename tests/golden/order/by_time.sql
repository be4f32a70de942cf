-- ordered
-- account: in=8 out=7 dropped=1 (late=1)
CREATE TABLE clicks (ts TIMESTAMP(3), who STRING, n INT, WATERMARK FOR ts AS ts - INTERVAL '4' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'clicks.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT who, ts FROM clicks ORDER BY ts;
