package paynotify.sender;

/** WeChat Pay API v3 for an account that has no {@code api-v3-key}: nothing can be verified. Thread-safe. */
final class WechatV3WithoutKey implements Sender {

    @Override
    public String channel(Callback callback) {
        return "wechat-v3";
    }

    @Override
    public Finding read(Callback callback) {
        return new Nothing(
                Outcome.BAD_SIGNATURE, "expected XML, for the account has no api-v3-key, found JSON", Claims.NONE);
    }

    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        String code = outcome.success() ? "SUCCESS" : "FAIL";
        String message = outcome.success() ? "OK" : outcome.name();
        return new Reply(
                outcome.httpStatus(),
                "application/json;charset=UTF-8",
                "{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}");
    }
}
