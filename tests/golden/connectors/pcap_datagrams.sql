-- account: in=1 out=1 dropped=0
-- A datagram as one message, with a blank for delimiter it would be two.
CREATE TABLE t (s STRING) WITH (
  'connector' = 'pcap', 'path' = 'nanos.pcap', 'local' = '10.0.0.2:5000', 'format' = 'csv',
  'csv.field-delimiter' = '|', 'message.framing' = 'datagram');
SELECT s FROM t;
