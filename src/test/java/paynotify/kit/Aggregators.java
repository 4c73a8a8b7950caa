package paynotify.kit;

import java.nio.charset.Charset;
import java.util.Locale;
import paynotify.kit.FormCallback.Rule;

/** The {@link Shop}'s accounts at the senders other than WeChat Pay: their numbers, their keys, their properties. */
public final class Aggregators {
    /** Accounts "ccb" (the bank's key in hex) and "ccbpos" (in PEM, and two counters). */
    public static final String CCB_MCH_ID = "105000000000109";

    public static final String CCB_PRIVATE_KEY = Shop.key("ccb_private.pem");

    /** Accounts "allinpay" (both keys), "allinmd5" and "allinrsa" (this app only). */
    public static final String ALLINPAY_MCH_ID = "990440153996000";

    public static final String ALLINPAY_APP_ID = "00000051";
    public static final String ALLINPAY_MD5_KEY = Shop.secret(Shop.key("allinpay_md5_key.txt"));
    public static final String ALLINPAY_PRIVATE_KEY = Shop.key("allinpay_private.pem");

    /** Account "lakala". */
    public static final String LAKALA_MCH_ID = "822000000000001";

    public static final String LAKALA_PRIVATE_KEY = Shop.key("lakala_private.pem");

    /** Accounts "formmd5" (yuan), "formhmac", "formsha1" and "formsha256" (fen). */
    public static final String FORM_MCH_ID = "8201";

    public static final String FORM_MD5_KEY = Shop.secret("5d41402abc4b2a76b9719d911017c592");
    public static final String FORM_HMAC_KEY = Shop.secret("7d793037a0760186574b0282f2f435e7+/=&%");
    public static final String FORM_SHA1_PRIVATE_KEY = ALLINPAY_PRIVATE_KEY;
    public static final String FORM_SHA256_PRIVATE_KEY = Shop.key("wechat_pubkey_mode_private.pem");

    static final String ACCOUNTS = """
            account.ccb.channel = ccb
            account.ccb.mch-id = %1$s
            account.ccb.public-key = %2$s
            account.ccbpos.channel = ccb
            account.ccbpos.mch-id = %1$s
            account.ccbpos.pos-id = 000000000, 100000415
            account.ccbpos.public-key = ccb_public.pem
            account.allinpay.channel = allinpay
            account.allinpay.mch-id = %3$s
            account.allinpay.md5-key = ${file:allinpay.key}
            account.allinpay.public-key = %4$s
            account.allinmd5.channel = allinpay
            account.allinmd5.mch-id = %3$s
            account.allinmd5.md5-key = ${file:allinpay.key}
            account.allinmd5.payment-codes = VSP501, VSP901
            account.allinrsa.channel = allinpay
            account.allinrsa.mch-id = %3$s
            account.allinrsa.app-id = %5$s
            account.allinrsa.public-key = allinpay_public.pem
            account.lakala.channel = lakala
            account.lakala.mch-id = %6$s
            account.lakala.public-key = lakala_cert.pem
            """.formatted(
                            CCB_MCH_ID,
                            Shop.key("ccb_public.hex"),
                            ALLINPAY_MCH_ID,
                            Shop.key("allinpay_public.b64"),
                            ALLINPAY_APP_ID,
                            LAKALA_MCH_ID)
            + """
            account.formmd5.channel = form
            account.formmd5.mch-id = 8201
            account.formmd5.sign.rule = md5
            account.formmd5.sign.key = ${file:formmd5.key}
            account.formmd5.sign.field = sign
            account.formmd5.sign.skip = sign_type
            account.formmd5.field.out_trade_no = order_id
            account.formmd5.field.transaction_id = trade_no
            account.formmd5.field.total_fee = amount
            account.formmd5.amount.unit = yuan
            account.formmd5.field.status = payment_status
            account.formmd5.paid = SUCCESS
            account.formmd5.answer.success = success
            account.formmd5.answer.failure = fail
            account.formhmac.channel = form
            account.formhmac.mch-id = 8201
            account.formhmac.sign.rule = hmac-sha256
            account.formhmac.sign.key = ${file:formhmac.key}
            account.formhmac.sign.field = Signature
            account.formhmac.sign.skip = charset, sign_type
            account.formhmac.sign.tail =
            account.formhmac.field.out_trade_no = outNo
            account.formhmac.field.transaction_id = txn
            account.formhmac.field.total_fee = total
            account.formhmac.amount.unit = fen
            account.formhmac.field.status = state
            account.formhmac.paid = 2
            account.formhmac.answer.success = {"code":"成功"}
            account.formhmac.answer.failure = {"code":"失败"}
            account.formsha1.channel = form
            account.formsha1.mch-id = 8201
            account.formsha1.sign.rule = rsa-sha1
            account.formsha1.sign.key = allinpay_public.pem
            account.formsha1.sign.field = sign
            account.formsha1.field.out_trade_no = outNo
            account.formsha1.field.transaction_id = txn
            account.formsha1.field.total_fee = total
            account.formsha1.amount.unit = fen
            account.formsha1.field.status = state
            account.formsha1.paid = 交易成功
            account.formsha1.answer.success = OK
            account.formsha1.answer.failure = NO
            account.formsha256.channel = form
            account.formsha256.mch-id = 8201
            account.formsha256.sign.rule = rsa-sha256
            account.formsha256.sign.key = pub_key.pem
            account.formsha256.sign.field = sign
            account.formsha256.sign.skip = sign_type
            account.formsha256.field.out_trade_no = outNo
            account.formsha256.field.transaction_id = txn
            account.formsha256.field.total_fee = total
            account.formsha256.amount.unit = fen
            account.formsha256.field.status = state
            account.formsha256.paid = PAID
            account.formsha256.answer.success = SUCCESS
            account.formsha256.answer.failure = FAIL
            account.alipay.channel = form
            account.alipay.mch-id = 2088101117955611
            account.alipay.sign.rule = rsa-sha256
            account.alipay.sign.key = pub_key.pem
            account.alipay.sign.field = sign
            account.alipay.sign.skip = sign_type
            account.alipay.charset = GBK
            account.alipay.field.out_trade_no = out_trade_no
            account.alipay.field.transaction_id = trade_no
            account.alipay.field.total_fee = total_amount
            account.alipay.field.mch_id = seller_id
            account.alipay.amount.unit = yuan
            account.alipay.field.status = trade_status
            account.alipay.paid = TRADE_SUCCESS, TRADE_FINISHED
            account.alipay.answer.success = success
            account.alipay.answer.failure = fail
            """;

    /** The seller's number of account "alipay". */
    public static final String ALIPAY_MCH_ID = "2088101117955611";

    private Aggregators() {}

    static Tomcat.Builder files(Tomcat.Builder tomcat) {
        return tomcat.file("conf/allinpay.key", ALLINPAY_MD5_KEY + "\n")
                .file("conf/formmd5.key", FORM_MD5_KEY + "\n")
                .file("conf/formhmac.key", FORM_HMAC_KEY + "\n")
                .file("conf/ccb_public.pem", Shop.key("ccb_public.pem"))
                .file("conf/allinpay_public.pem", Shop.key("allinpay_public.pem"))
                .file("conf/lakala_cert.pem", Shop.key("lakala_cert.pem"));
    }

    /** A payment for account "formmd5". */
    public static FormCallback formMd5(String outTradeNo, long fen) {
        return FormCallback.signed(Rule.MD5, FORM_MD5_KEY, "sign")
                .with("order_id", outTradeNo)
                .with("trade_no", formTransactionId(outTradeNo))
                .with("amount", CcbCallback.yuan(fen))
                .with("payment_status", "SUCCESS")
                .with("subject", "桌号 8&A=1+1%")
                .with("remark", "")
                .skipped("sign_type", "MD5");
    }

    /** A payment for account "formhmac". */
    public static FormCallback formHmac(String outTradeNo, long fen) {
        return form(FormCallback.signed(Rule.HMAC_SHA256, FORM_HMAC_KEY, "Signature"), outTradeNo, fen, "2")
                .tail("")
                .skipped("charset", "UTF-8")
                .skipped("sign_type", "HMAC");
    }

    /** A payment for account "formsha1". */
    public static FormCallback formSha1(String outTradeNo, long fen) {
        return form(FormCallback.signed(Rule.RSA_SHA1, FORM_SHA1_PRIVATE_KEY, "sign"), outTradeNo, fen, "交易成功")
                .with("sign_type", "RSA");
    }

    /** A payment for account "formsha256". */
    public static FormCallback formSha256(String outTradeNo, long fen) {
        return form(FormCallback.signed(Rule.RSA_SHA256, FORM_SHA256_PRIVATE_KEY, "sign"), outTradeNo, fen, "PAID")
                .skipped("sign_type", "RSA2");
    }

    /**
     * Alipay's notice of a payment (protocol-2.md, section 16.1) for account "alipay", and for any that is described as in
     * tomcat-conf/notify.properties.
     *
     * @param charset of its text: that of the order
     */
    public static FormCallback alipay(String outTradeNo, long fen, Charset charset) {
        return FormCallback.signed(Rule.RSA_SHA256, FORM_SHA256_PRIVATE_KEY, "sign")
                .in(charset)
                .with("notify_time", "2025-06-01 12:00:06")
                .with("notify_type", "trade_status_sync")
                .with("notify_id", "2025060100222120005096131234567890")
                .with("app_id", "2021000000000001")
                .with("charset", charset.name())
                .with("version", "1.0")
                .with("trade_no", formTransactionId(outTradeNo))
                .with("out_trade_no", outTradeNo)
                .with("buyer_id", "2088102146225135")
                .with("buyer_logon_id", "159****5620")
                .with("seller_id", ALIPAY_MCH_ID)
                .with("trade_status", "TRADE_SUCCESS")
                .with("total_amount", CcbCallback.yuan(fen))
                .with("receipt_amount", CcbCallback.yuan(fen))
                .with("subject", "桌号 8&A=1+1%")
                .with("gmt_create", "2025-06-01 12:00:00")
                .with("gmt_payment", "2025-06-01 12:00:05")
                .with("fund_bill_list", "[{\"amount\":\"1.01\",\"fundChannel\":\"ALIPAYACCOUNT\"}]")
                .skipped("sign_type", "RSA2");
    }

    /** The same payment told again, for a part of it has been given back. */
    public static FormCallback partlyRefunded(FormCallback alipay) {
        return alipay.with("refund_fee", "0.50")
                .with("out_biz_no", "R-1")
                .with("gmt_refund", "2025-06-02 09:30:00.123")
                .with("notify_id", "2025060200222093000096131234567891");
    }

    /** The number that the sender of a form gives the payment of this order here. */
    public static String formTransactionId(String outTradeNo) {
        return "F" + String.format(Locale.ROOT, "%015d", outTradeNo.hashCode() & 0xffffffffL);
    }

    private static FormCallback form(FormCallback callback, String outTradeNo, long fen, String paid) {
        return callback.with("outNo", outTradeNo)
                .with("txn", formTransactionId(outTradeNo))
                .with("total", Long.toString(fen))
                .with("state", paid)
                .with("subject", "桌号 8&A=1+1%")
                .with("remark", "");
    }
}
