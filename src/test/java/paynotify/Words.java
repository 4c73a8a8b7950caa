package paynotify;

/** A sender's own words of success and of failure; in the latter, OUTCOME stands for the outcome's word. */
record Words(String contentType, String success, String failure) {
    static final Words XML = new Words("text/xml;charset=UTF-8", xml("SUCCESS", "OK"), xml("FAIL", "OUTCOME"));
    static final Words JSON =
            new Words("application/json;charset=UTF-8", json("SUCCESS", "OK"), json("FAIL", "OUTCOME"));

    static Words text(String success, String failure) {
        return new Words("text/plain;charset=UTF-8", success, failure);
    }

    private static String xml(String code, String message) {
        return "<xml><return_code><![CDATA[" + code + "]]></return_code><return_msg><![CDATA[" + message
                + "]]></return_msg></xml>";
    }

    private static String json(String code, String message) {
        return "{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}";
    }
}
