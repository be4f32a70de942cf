-- account: in=1 out=1 dropped=0
CREATE TABLE t (id INT, s STRING) WITH (
  'connector' = 'pcap', 'path' = 'capture.pcap', 'local' = '239.1.1.1:5000', 'format' = 'csv');
SELECT id, s FROM t;
