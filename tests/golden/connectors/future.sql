-- account: in=3 out=2 dropped=1 (future=1)
-- The arrival of a captured packet is its time in the capture: what is more than max-drift ahead of
-- it is refused, and does not move the watermark.
CREATE TABLE t (ts TIMESTAMP(3), v INT, WATERMARK FOR ts AS ts) WITH (
  'connector' = 'pcap', 'path' = 'future.pcap', 'local' = '10.0.0.2:5000', 'format' = 'csv',
  'scan.watermark.max-drift' = '10 s');
SELECT window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;
