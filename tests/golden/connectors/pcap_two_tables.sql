-- account: in=6 out=5 dropped=1 (parse_error=1)
CREATE TABLE u (id INT, s STRING) WITH (
  'connector' = 'pcap', 'path' = 'capture.pcap', 'local' = '10.0.0.2:5000', 'format' = 'csv');
CREATE TABLE m (id INT, s STRING) WITH (
  'connector' = 'pcap', 'path' = 'capture.pcap', 'local' = '239.1.1.1:5000', 'format' = 'csv');
SELECT 'u', id FROM u UNION ALL SELECT 'm', id FROM m;
