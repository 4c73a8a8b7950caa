package paynotify.kit;

/**
 * A made-up past, so that the operator's page has something to show: weeks of callbacks, cases that are open, one order with a long
 * story, questions and events that wait, bills. Nothing in it is genuine, and no signature is right.
 */
public final class History {
    /** The order that everything has happened to. */
    public static final String STORY = "S20261108-0417";

    /** The merchant whose past it is. */
    public static final String MCH_ID = Shop.MCH_ID;

    // Most customers buy at noon and in the evening. Each outcome has its share; of a few the cases are still open.
    private static final String ROWS = """
            INSERT INTO payment_log (received_at, account, channel, remote_addr, event, mch_id, out_trade_no, transaction_id,
                total_fee, currency, outcome, detail, took_us, body, headers)
            SELECT at, account, channel, inet '101.226.103.0' + (n %% 120)::int, CASE WHEN share < 0.965 THEN 'PAYMENT' END,
                '%1$s', CASE WHEN share < 0.985 THEN no END,
                CASE WHEN share < 0.965 THEN '42000' || lpad(n::text, 23, '0') END, CASE WHEN share < 0.985 THEN fee END,
                CASE WHEN share < 0.985 THEN 'CNY' END, outcome,
                CASE outcome WHEN 'UNKNOWN_ORDER' THEN 'expected an order ' || no || ', found none'
                    WHEN 'AMOUNT_MISMATCH' THEN 'expected 100 fen, found ' || fee
                    WHEN 'ORDER_CLOSED' THEN 'expected status PENDING, found CLOSED'
                    WHEN 'CONFLICT' THEN 'expected transaction 4200001, found another'
                    WHEN 'BAD_SIGNATURE' THEN 'expected a signature by the account''s key, found another'
                    WHEN 'MALFORMED' THEN 'expected an element, found end of input at 1:17' END,
                (1200 + 900 * random() + CASE WHEN random() < 0.01 THEN 40000 * random() ELSE 0 END)::int,
                '<xml><return_code><![CDATA[SUCCESS]]></return_code><mch_id>%1$s</mch_id><out_trade_no>' || no
                    || '</out_trade_no><total_fee>' || fee || '</total_fee></xml>', NULL
            FROM (SELECT g.n, at, 'H' || n AS no, 'wechat' AS account, 'wechat-v2' AS channel, share,
                    (100 + 90000 * random() * random())::bigint AS fee,
                    CASE WHEN share < 0.820 THEN 'APPLIED' WHEN share < 0.920 THEN 'DUPLICATE'
                        WHEN share < 0.938 THEN 'NOT_PAID' WHEN share < 0.950 THEN 'IGNORED'
                        WHEN share < 0.955 THEN 'UNKNOWN_ORDER' WHEN share < 0.958 THEN 'AMOUNT_MISMATCH'
                        WHEN share < 0.961 THEN 'ORDER_CLOSED' WHEN share < 0.964 THEN 'CONFLICT'
                        WHEN share < 0.965 THEN 'WRONG_MERCHANT' WHEN share < 0.985 THEN 'BAD_SIGNATURE'
                        WHEN share < 0.992 THEN 'SIGNATURE_PROBE' WHEN share < 0.998 THEN 'MALFORMED'
                        ELSE 'TOO_LARGE' END AS outcome
                FROM (SELECT n, random() AS share, now() - make_interval(secs => 86400 * floor(%3$d * random())
                        + 86400 * (CASE WHEN random() < 0.3 THEN random()
                            ELSE 0.16 + 0.42 * (random() + random() + random()) / 3 END)) AS at
                    FROM generate_series(1, %2$d) AS n) g) h
            ORDER BY at""";

    private static final String ORDERS = """
            INSERT INTO payment_order (mch_id, out_trade_no, total_fee, status, transaction_id, paid_at, payer, created_at)
            SELECT mch_id, out_trade_no, total_fee, 'PAID', transaction_id, received_at, 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
                received_at - interval '40 seconds'
            FROM payment_log WHERE outcome = 'APPLIED' AND out_trade_no LIKE 'H%' ON CONFLICT DO NOTHING""";

    private static final String DONE = """
            INSERT INTO payment_attention_done (mch_id, out_trade_no, transaction_id, done_by, done_at, remark)
            SELECT mch_id, out_trade_no, transaction_id, 'li.na', last_at + interval '20 minutes', '已与顾客联系，原路退款'
            FROM payment_attention WHERE last_at < now() - interval '2 days' ON CONFLICT DO NOTHING""";

    private static final String STORY_ROWS = """
            INSERT INTO payment_order (mch_id, out_trade_no, total_fee, status, transaction_id, paid_at, payer, created_at)
            VALUES ('%1$s', '%2$s', 4990, 'PAID', '4200002345202611081234567890', now() - interval '26 hours',
                'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o', now() - interval '26 hours 3 minutes');
            INSERT INTO payment_log (received_at, account, channel, remote_addr, event, mch_id, out_trade_no, transaction_id,
                total_fee, currency, outcome, detail, took_us, body, headers, source)
            VALUES
            (now() - interval '25 hours 59 minutes', 'wechat', 'wechat-v3', '101.226.103.14', 'PAYMENT', '%1$s', '%2$s',
                '4200002345202611081234567890', 4900, 'CNY', 'AMOUNT_MISMATCH', 'expected 4990 fen, found 4900', 2210,
                '{"id":"EV-2018022511223320873","event_type":"TRANSACTION.SUCCESS","resource_type":"encrypt-resource",'
                '"resource":{"algorithm":"AEAD_AES_256_GCM","ciphertext":"QUJD","nonce":"fdasflkja484w"}}',
                'Wechatpay-Serial: PUB_KEY_ID_0119000001092025060100192001000001'
                || chr(10) || 'Wechatpay-Timestamp: 1762570000', 'CALLBACK'),
            (now() - interval '25 hours 58 minutes', 'wechat', 'wechat-v3', NULL, 'PAYMENT', '%1$s', '%2$s',
                '4200002345202611081234567890', 4990, 'CNY', 'APPLIED', NULL, 1604, '{"trade_state":"SUCCESS"}', NULL, 'INQUIRY'),
            (now() - interval '25 hours 44 minutes', 'wechat', 'wechat-v3', '101.226.103.15', 'PAYMENT', '%1$s', '%2$s',
                '4200002345202611081234567890', 4990, 'CNY', 'DUPLICATE', NULL, 990, '{}', NULL, 'CALLBACK');
            INSERT INTO payment_inquiry (mch_id, out_trade_no, tries, asked_at, answer, detail, planned_at)
            VALUES ('%1$s', '%2$s', 1, now() - interval '25 hours 58 minutes', 'SUCCESS', 'paid', now());
            INSERT INTO payment_replay (log_id, requested_by, requested_at, done_at, outcome)
            SELECT max(id), 'li.na', now() - interval '25 hours', now() - interval '24 hours 59 minutes', 'DUPLICATE'
            FROM payment_log WHERE out_trade_no = '%2$s';
            INSERT INTO payment_refund (mch_id, out_refund_no, out_trade_no, refund_fee, status, refunded_at, created_at)
            VALUES ('%1$s', 'R-%2$s', '%2$s', 990, 'SUCCESS', now() - interval '3 hours', now() - interval '4 hours');
            INSERT INTO payment_event (type, account, mch_id, out_trade_no, transaction_id, total_fee, currency, payer, outcome,
                occurred_at, created_at, delivered_at, tries, last_status)
            VALUES ('payment.paid', 'wechat', '%1$s', '%2$s', '4200002345202611081234567890', 4990, 'CNY',
                'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o', 'APPLIED', now() - interval '26 hours', now() - interval '25 hours 58 minutes',
                now() - interval '25 hours 57 minutes', 1, 200);
            INSERT INTO payment_event (type, account, mch_id, out_trade_no, out_refund_no, total_fee, currency, outcome,
                occurred_at, created_at, next_at, tries, last_status, last_error)
            VALUES ('refund.succeeded', 'wechat', '%1$s', '%2$s', 'R-%2$s', 990, 'CNY', 'APPLIED', now() - interval '3 hours',
                now() - interval '3 hours', now() + interval '90 minutes', 5, 500, 'expected 2xx, found 500');
            INSERT INTO payment_event (type, account, mch_id, out_trade_no, total_fee, currency, outcome, occurred_at, created_at,
                tries, last_status, last_error)
            VALUES ('payment.attention', 'wechat', '%1$s', '%2$s', 4900, 'CNY', 'AMOUNT_MISMATCH', now() - interval '26 hours',
                now() - interval '26 hours', 11, NULL, 'expected an answer within 15 s, found none');
            INSERT INTO payment_bill (mch_id, bill_date, account, state, fetched_at, lines, paid_fee, refund_fee, differences, detail)
            SELECT '%1$s', (now() AT TIME ZONE 'Asia/Shanghai')::date - d, 'wechat',
                CASE d WHEN 1 THEN 'WAITING' WHEN 4 THEN 'UNUSABLE' ELSE 'COMPLETE' END, now() - make_interval(days => d - 1),
                CASE WHEN d NOT IN (1, 4) THEN 300 + 7 * d END, CASE WHEN d NOT IN (1, 4) THEN 4120350 + 3117 * d END,
                CASE WHEN d NOT IN (1, 4) THEN 15680 + d END, CASE WHEN d NOT IN (1, 4) THEN (d = 2)::int END,
                CASE d WHEN 4 THEN 'expected 1,204 rows as the summary says, found 1,203' END
            FROM generate_series(1, 9) AS d ON CONFLICT DO NOTHING;
            INSERT INTO payment_bill_line (mch_id, bill_date, line, traded_at, state, out_trade_no, transaction_id, total_fee,
                refund_fee, currency)
            SELECT '%1$s', (now() AT TIME ZONE 'Asia/Shanghai')::date - 1, 17, now() - interval '26 hours', 'SUCCESS', '%2$s',
                '4200002345202611081234567890', 4990, 0, 'CNY';
            INSERT INTO payment_bill_difference (mch_id, bill_date, kind, out_trade_no, transaction_id, bill_fee, our_fee, detail,
                found_at, settled_at)
            SELECT '%1$s', (now() AT TIME ZONE 'Asia/Shanghai')::date - 2, kind, no, '42000999', 4990, our, detail,
                now() - interval '20 hours', settled
            FROM (VALUES ('PAID_UNKNOWN', 'H-LOST-1', NULL::bigint, 'expected an order, found none', NULL::timestamptz),
                ('AMOUNT', '%2$s', 4900, 'expected 4990 fen, found 4900', now() - interval '19 hours')) v (kind, no, our, detail, settled);
            INSERT INTO payment_inquiry (mch_id, out_trade_no, next_at, planned_at, tries, asked_at, answer, asked_by)
            SELECT '%1$s', 'W20261129-' || n, now() + n * interval '7 minutes', now() + n * interval '7 minutes', n %% 4,
                CASE WHEN n %% 4 > 0 THEN now() - interval '3 minutes' END, CASE WHEN n %% 4 > 0 THEN 'NOTPAY' END, '%1$s'
            FROM generate_series(1, 14) AS n""";

    private History() {}

    /**
     * Writes it into the tables, as their owner.
     *
     * @param rows of the log
     * @param days so far back they go
     */
    public static void write(Database database, int rows, int days) {
        database.execute(ROWS.formatted(MCH_ID, rows, days));
        database.execute(ORDERS);
        database.execute(DONE);
        database.execute(STORY_ROWS.formatted(MCH_ID, STORY));
    }
}
