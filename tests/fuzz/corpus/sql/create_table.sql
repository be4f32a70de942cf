CREATE TABLE orders (
  id BIGINT, user_id STRING, amount DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'udp', 'local' = '0.0.0.0:9000', 'format' = 'json');
