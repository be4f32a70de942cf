-- Plain rules over card payments, for evaluate: what a rule looks at, for each payment. Of cards: its
-- amount, how many payments in a day, for how much, and the amount against the mean of the 30 days before.
-- Of terminals: the same three first, then how many of its payments are known to be frauds, as a fraud is known
-- after a week: of the 30 days before that week, and which share of those in the 7 days before it.
CREATE TABLE tx (
  id BIGINT,
  ts TIMESTAMP(3),
  card BIGINT,
  terminal BIGINT,
  amount DOUBLE,
  fraud INT,
  scenario INT,
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'transactions.csv', 'format' = 'csv');

CREATE TABLE card_rules (id BIGINT, amount DOUBLE, n_day BIGINT, sum_day DOUBLE, ratio DOUBLE)
WITH ('connector' = 'filesystem', 'path' = 'card_rules.csv', 'format' = 'csv');
INSERT INTO card_rules
SELECT id, amount, COUNT(*) OVER one_day, SUM(amount) OVER one_day,
  amount * (COUNT(*) OVER days30 - 1) / (SUM(amount) OVER days30 - amount + 1)
FROM tx
WINDOW habit AS (PARTITION BY card ORDER BY ts),
  one_day AS (habit RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW),
  days30 AS (habit RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND CURRENT ROW);

CREATE TABLE terminal_rules (id BIGINT, amount DOUBLE, n_day BIGINT, sum_day DOUBLE, n_known BIGINT,
  known_share DOUBLE)
WITH ('connector' = 'filesystem', 'path' = 'terminal_rules.csv', 'format' = 'csv');
INSERT INTO terminal_rules
SELECT id, amount, COUNT(*) OVER one_day, SUM(amount) OVER one_day,
  SUM(fraud) OVER days37 - SUM(fraud) OVER days7,
  CASE WHEN COUNT(*) OVER days14 > COUNT(*) OVER days7
    THEN CAST(SUM(fraud) OVER days14 - SUM(fraud) OVER days7 AS DOUBLE) / (COUNT(*) OVER days14 - COUNT(*) OVER days7)
    ELSE 0 END
FROM tx
WINDOW habit AS (PARTITION BY terminal ORDER BY ts),
  one_day AS (habit RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW),
  days7 AS (habit RANGE BETWEEN INTERVAL '7' DAY PRECEDING AND CURRENT ROW),
  days14 AS (habit RANGE BETWEEN INTERVAL '14' DAY PRECEDING AND CURRENT ROW),
  days37 AS (habit RANGE BETWEEN INTERVAL '37' DAY PRECEDING AND CURRENT ROW);
