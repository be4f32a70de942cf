-- Temperature sensors: which ones have been hot for a minute, not just for one reading.
--
--     scripts/demo --job sensors      sends it 50,000 readings a second
--     app/feedgen --feed sensors      makes such a feed, with overheating whose truth is known

CREATE TABLE readings (
	ts          TIMESTAMP(3),
	device      STRING,
	temperature DOUBLE,
	WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH (
	'connector' = 'udp',
	'local' = '10.9.0.2:9000',
	'format' = 'json'
);

CREATE TABLE alerts (
	kind         STRING,
	device       STRING,
	window_start TIMESTAMP(3),
	window_end   TIMESTAMP(3),
	readings     BIGINT,
	average      DOUBLE,
	hottest      DOUBLE
) WITH ('connector' = 'print');

CREATE TABLE minutes (
	kind       STRING,
	window_end TIMESTAMP(3),
	readings   BIGINT,
	average    DOUBLE,
	hottest    DOUBLE
) WITH ('connector' = 'print');

EXECUTE STATEMENT SET BEGIN

-- Every ten seconds: the average of the last minute, for each device.
INSERT INTO alerts
SELECT 'overheat', device, window_start, window_end, COUNT(*), AVG(temperature), MAX(temperature)
FROM TABLE(HOP(TABLE readings, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '1' MINUTE))
GROUP BY device, window_start, window_end
HAVING AVG(temperature) > 45.0;

-- Every minute: all devices together. Without a key one task does it.
INSERT INTO minutes
SELECT 'minute', window_end, COUNT(*), AVG(temperature), MAX(temperature)
FROM TABLE(TUMBLE(TABLE readings, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;

END;
