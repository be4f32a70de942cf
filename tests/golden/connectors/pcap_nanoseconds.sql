-- account: in=1 out=1 dropped=0
CREATE TABLE t (id INT, s STRING) WITH (
  'connector' = 'pcap', 'path' = 'nanos.pcap', 'local' = '[fd00::2]:5000', 'format' = 'csv');
SELECT id, s FROM t;
