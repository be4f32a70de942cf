-- Card payments: too many or too much within five minutes, per customer.
--
--     scripts/demo                    sends it 50,000 payments a second
--     app/feedgen                     makes such a feed, with fraud whose truth is known

-- One JSON object a datagram (or several, one a line). Columns are found by name; what is not listed
-- here (merchant, city, …) is skipped without being decoded.
CREATE TABLE transactions (
	ts      TIMESTAMP(3),
	user_id STRING,
	amount  DECIMAL(10, 2),
	status  STRING,
	-- Payments may arrive up to five seconds out of order; one that comes later still is counted,
	-- in those of its windows that have not fired yet.
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

-- Both inserts are one job: they share the source, and each datagram is decoded once.
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

INSERT INTO minutes
SELECT 'minute', window_end, status, COUNT(*), SUM(amount)
FROM TABLE(TUMBLE(TABLE transactions, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY status, window_start, window_end;

END;
