-- The features of a fraud model: of each customer, how many payments and of what average amount in
-- the last 1, 7 and 30 days, up to each payment.
CREATE TABLE tx (
  TRANSACTION_ID BIGINT,
  TX_DATETIME TIMESTAMP(3),
  CUSTOMER_ID BIGINT,
  TERMINAL_ID BIGINT,
  TX_AMOUNT DECIMAL(10, 2),
  TX_FRAUD INT,
  TX_FRAUD_SCENARIO INT,
  WATERMARK FOR TX_DATETIME AS TX_DATETIME - INTERVAL '1' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'transactions.csv', 'format' = 'csv');
CREATE TABLE features (
  id BIGINT,
  n1 BIGINT, a1 DECIMAL(38, 6),
  n7 BIGINT, a7 DECIMAL(38, 6),
  n30 BIGINT, a30 DECIMAL(38, 6)
) WITH ('connector' = 'filesystem', 'path' = 'features.csv', 'format' = 'csv');
INSERT INTO features
SELECT TRANSACTION_ID,
  COUNT(*) OVER day1, AVG(TX_AMOUNT) OVER day1,
  COUNT(*) OVER day7, AVG(TX_AMOUNT) OVER day7,
  COUNT(*) OVER day30, AVG(TX_AMOUNT) OVER day30
FROM tx
WINDOW customer AS (PARTITION BY CUSTOMER_ID ORDER BY TX_DATETIME),
  day1 AS (customer RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW),
  day7 AS (customer RANGE BETWEEN INTERVAL '7' DAY PRECEDING AND CURRENT ROW),
  day30 AS (customer RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND CURRENT ROW);
