-- account: in=5 out=4 dropped=1 (parse_error=1)
-- Datagrams to one address and port; a tag does not matter, a fragment or a wrong checksum does.
CREATE TABLE t (id INT, s STRING) WITH (
  'connector' = 'pcap', 'path' = 'capture.pcap', 'local' = '10.0.0.2:5000', 'format' = 'csv');
SELECT id, s FROM t;
