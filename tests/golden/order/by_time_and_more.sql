-- ordered
CREATE TABLE clicks (ts TIMESTAMP(3), who STRING, n INT, WATERMARK FOR ts AS ts - INTERVAL '4' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'clicks.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT who FROM clicks WHERE who <> 'e' ORDER BY ts, n DESC, UPPER(who) LIMIT 5 OFFSET 1;
