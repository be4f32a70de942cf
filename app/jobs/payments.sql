-- Card payments, per customer: too many or too much within five minutes, two cities within ten.
--
--     scripts/demo                    sends it 50,000 payments a second
--     app/feedgen                     makes such a feed, with fraud whose truth is known

-- One JSON object a datagram (or several, one a line). Columns are found by name; what is not listed
-- here (merchant, country, …) is skipped without being decoded.
CREATE TABLE transactions (
	ts      TIMESTAMP(3),
	user_id STRING,
	amount  DECIMAL(10, 2),
	status  STRING,
	city    STRING,
	-- Payments may arrive up to five seconds out of order; one that comes later still is counted,
	-- in those of its windows that have not fired yet. The rule on places does without it.
	WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH (
	'connector' = 'udp',
	'local' = '10.9.0.2:9000',
	'format' = 'json'
);

CREATE TABLE alerts (
	kind         STRING,
	user_id      STRING,
	window_start TIMESTAMP(3),
	window_end   TIMESTAMP(3),
	payments     BIGINT,
	declined     INT,
	amount       DECIMAL(38, 2)
) WITH ('connector' = 'print');

CREATE TABLE minutes (
	kind       STRING,
	window_end TIMESTAMP(3),
	status     STRING,
	payments   BIGINT,
	amount     DECIMAL(38, 2)
) WITH ('connector' = 'print');

-- Every 30 seconds: what each customer did in the last five minutes.
CREATE VIEW activity AS
SELECT
	user_id,
	window_start,
	window_end,
	COUNT(*) AS payments,
	SUM(CASE WHEN status = 'DECLINED' THEN 1 ELSE 0 END) AS declined,
	SUM(amount) AS amount
FROM TABLE(HOP(TABLE transactions, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '5' MINUTES))
GROUP BY user_id, window_start, window_end
HAVING COUNT(*) >= 6 OR SUM(amount) >= 1600;

-- Two payments of a customer in different cities within ten minutes, and where the earlier one was.
CREATE VIEW moves AS
SELECT user_id, earlier_ts, ts, earlier_city, city, amount
FROM (
	SELECT
		user_id, ts, city, amount,
		LAG(ts) OVER own AS earlier_ts,
		LAG(city) OVER own AS earlier_city
	FROM transactions
	WINDOW own AS (PARTITION BY user_id ORDER BY ts)
)
WHERE city <> earlier_city AND ts <= earlier_ts + INTERVAL '10' MINUTE;

-- All inserts are one job: they share the source, and each datagram is decoded once.
EXECUTE STATEMENT SET BEGIN

INSERT INTO alerts
SELECT
	CASE
		WHEN declined >= 5 THEN 'card testing'
		WHEN payments >= 6 THEN 'velocity'
		ELSE 'large amount'
	END,
	user_id, window_start, window_end, payments, declined, amount
FROM activity;

INSERT INTO alerts
SELECT 'two cities', user_id, earlier_ts, ts, 2, 0, amount
FROM moves;

INSERT INTO minutes
SELECT 'minute', window_end, status, COUNT(*), SUM(amount)
FROM TABLE(TUMBLE(TABLE transactions, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY status, window_start, window_end;

END;
