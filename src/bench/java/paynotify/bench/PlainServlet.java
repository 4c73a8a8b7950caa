package paynotify.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.dom4j.io.SAXReader;

/**
 * What a callback costs who takes the usual libraries, and does it right: dom4j, MD5, three prepared statements and a commit,
 * all in the request's thread. It knows no other sender, no limits, and no failure of the database.
 */
public final class PlainServlet extends HttpServlet {
    /** A table of orders and a log with two indexes: no months, no views, no triggers. */
    static final String TABLES = """
            create table payment_order (mch_id text, out_trade_no text, total_fee bigint not null, currency text not null default 'CNY',
                status text not null default 'PENDING', transaction_id text, paid_at timestamptz, payer text,
                created_at timestamptz not null default now(), primary key (mch_id, out_trade_no));
            create table payment_log (id bigint generated always as identity primary key, received_at timestamptz not null, account text,
                channel text, event text, mch_id text, out_trade_no text, transaction_id text, total_fee bigint, currency text,
                outcome text, detail text, took_us integer, body text);
            create index on payment_log (mch_id, out_trade_no);
            create index on payment_log using brin (received_at);
            """;

    static final String LOCK = "select total_fee, currency, status, transaction_id from payment_order"
            + " where mch_id = ? and out_trade_no = ? for update";
    static final String PAY = "update payment_order set status = 'PAID', transaction_id = ?,"
            + " paid_at = to_timestamp(?, 'YYYYMMDDHH24MISS'), payer = ? where mch_id = ? and out_trade_no = ? and status = 'PENDING'";
    static final String LOG = "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no,"
            + " transaction_id, total_fee, currency, outcome, detail, took_us, body)"
            + " values (now(), 'wechat', 'wechat-v2', 'PAYMENT', ?, ?, ?, ?, 'CNY', ?, '', 0, ?)";

    private static final long serialVersionUID = 1L;
    private static final String SIGN = "sign";

    private transient HikariDataSource pool;

    @Override
    public void init() {
        HikariConfig config = new HikariConfig();
        config.setDriverClassName("org.postgresql.Driver");
        config.setJdbcUrl(System.getProperty("plain.url"));
        config.setUsername(System.getProperty("plain.user"));
        config.setPassword(System.getProperty("plain.password"));
        config.setAutoCommit(false);
        pool = new HikariDataSource(config);
    }

    @Override
    public void destroy() {
        pool.close();
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String answer;
        try {
            byte[] body = request.getInputStream().readAllBytes();
            Map<String, String> fields = new TreeMap<>();
            for (Element field : new SAXReader()
                    .read(new ByteArrayInputStream(body))
                    .getRootElement()
                    .elements()) {
                fields.put(field.getName(), field.getText());
            }
            answer = isSigned(fields) && settle(fields, new String(body, StandardCharsets.UTF_8)) ? "SUCCESS" : "FAIL";
        } catch (DocumentException | SQLException e) {
            throw new IOException(e);
        }
        response.setContentType("text/xml");
        response.getWriter().write(ConstantServlet.answer(answer));
    }

    private static boolean isSigned(Map<String, String> fields) {
        String text = fields.entrySet().stream()
                .filter(field ->
                        !field.getKey().equals(SIGN) && !field.getValue().isEmpty())
                .map(field -> field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining("&"));
        return DigestUtils.md5Hex(text + "&key=" + System.getProperty("plain.key"))
                .equalsIgnoreCase(fields.get(SIGN));
    }

    private boolean settle(Map<String, String> fields, String body) throws SQLException {
        String mchId = fields.get("mch_id");
        String outTradeNo = fields.get("out_trade_no");
        long totalFee = Long.parseLong(fields.get("total_fee"));
        try (Connection connection = pool.getConnection();
                PreparedStatement lock = connection.prepareStatement(LOCK);
                PreparedStatement pay = connection.prepareStatement(PAY);
                PreparedStatement log = connection.prepareStatement(LOG)) {
            lock.setString(1, mchId);
            lock.setString(2, outTradeNo);
            String status = null;
            try (ResultSet order = lock.executeQuery()) {
                if (order.next() && order.getLong(1) == totalFee) {
                    status = order.getString(3);
                }
            }
            if ("PENDING".equals(status)) {
                pay.setString(1, fields.get("transaction_id"));
                pay.setString(2, fields.get("time_end"));
                pay.setString(3, fields.get("openid"));
                pay.setString(4, mchId);
                pay.setString(5, outTradeNo);
                pay.executeUpdate();
            }
            log.setString(1, mchId);
            log.setString(2, outTradeNo);
            log.setString(3, fields.get("transaction_id"));
            log.setLong(4, totalFee);
            log.setString(5, "PENDING".equals(status) ? "APPLIED" : "DUPLICATE");
            log.setString(6, body);
            log.executeUpdate();
            connection.commit();
            return status != null;
        }
    }
}
