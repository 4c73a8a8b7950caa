package paynotify;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.admin.AdminServlet;
import paynotify.admin.Desk;
import paynotify.background.Daily;
import paynotify.background.PeriodicThreads;
import paynotify.bill.BillWork;
import paynotify.config.ConfigException;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;
import paynotify.config.KeyFileWatcher;
import paynotify.config.Reloadable;
import paynotify.event.EventWork;
import paynotify.inquiry.InquiryWork;
import paynotify.metrics.MetricsServlet;
import paynotify.metrics.MetricsWork;
import paynotify.store.LogMonths;
import paynotify.store.Meter;
import paynotify.store.SchemaException;
import paynotify.store.Store;
import paynotify.store.UnverifiedLimit;

/**
 * Starts the application when Tomcat deploys it: settings, store, servlets. Stops it in reverse, and leaves nothing
 * behind. A fault in the settings or the tables stops the start, with a line for each in Tomcat's log.
 */
public final class Startup implements ServletContextListener {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    private static final int THREADS_MS = 2_000;

    private @Nullable Store store;
    private @Nullable CallbackHandler handler;
    private @Nullable KeyFileWatcher watch;
    private @Nullable PeriodicThreads months;
    private @Nullable InquiryWork inquiries;
    private @Nullable MetricsWork metrics;
    private @Nullable EventWork events;
    private @Nullable BillWork bills;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        try {
            Environment environment = Environment.ofProcess();
            var file = ConfigFile.locate(context.getInitParameter(ConfigFile.NAME), environment);
            Settings settings = Settings.read(ConfigFile.read(file, environment));
            settings.warnings().forEach(LOG::warn);
            MetricsWork measuring = settings.metrics().on() ? new MetricsWork(settings.accounts()) : null;
            metrics = measuring;
            Meter meter = measuring == null ? Meter.NONE : measuring.meter();
            Store opened = Store.open(
                    settings.database(),
                    new UnverifiedLimit(
                            settings.unverifiedPerSecond(), settings.unverifiedBytesPerSecond(), Clock.systemUTC()),
                    settings.events().rules(),
                    meter);
            store = opened;
            watch = new KeyFileWatcher(settings.watched(), Clock.systemUTC());
            CallbackHandler handling = new CallbackHandler(opened, meter);
            handler = handling;
            PeriodicThreads keeping = new PeriodicThreads();
            months = keeping;
            LogMonths logMonths = opened.logMonths(settings.keepMonths());
            keeping.daily(
                    "notify-months", logMonths::isReady, () -> logMonths.keep() ? Daily.Rest.NONE : Daily.Rest.LATER);
            inquiries = new InquiryWork(settings.inquiry(), settings.accounts(), opened, Clock.systemUTC());
            events = new EventWork(settings.events(), opened, Clock.systemUTC());
            bills = new BillWork(
                    settings.bill(),
                    settings.inquiry().addresses(),
                    settings.inquiry().proxy(),
                    settings.accounts(),
                    opened,
                    Clock.systemUTC());
            addServlets(context, settings, opened, handling);
            if (settings.admin().on()) {
                addAdmin(context, settings, opened);
            }
            if (measuring != null) {
                measuring.watch(opened, Clock.systemUTC());
                context.addServlet("metrics", new MetricsServlet(measuring, settings.metrics()))
                        .addMapping("/metrics");
            }
            LOG.info(
                    "started [config={}] [accounts={}]",
                    file,
                    settings.accounts().keySet());
            List<String> features = settings.features();
            if (!features.isEmpty()) {
                LOG.info("switched on besides callbacks: {}", String.join(", ", features));
            }
        } catch (ConfigException e) {
            for (String fault : e.faults()) {
                LOG.error(fault);
            }
            throw new IllegalStateException(e.getMessage(), e);
        } catch (SchemaException e) {
            LOG.error(e.getMessage());
            throw new IllegalStateException("the tables can't be used", e);
        }
    }

    /** The whole surface: an account's callbacks, the health page, and 404 with an empty body for everything else. */
    private static void addServlets(ServletContext context, Settings settings, Store store, CallbackHandler handler) {
        NotifyServlet notify = new NotifyServlet(
                handler, settings.accounts(), settings.bodyMaxBytes(), Clock.systemUTC(), store.meter());
        context.addServlet("notify", notify).addMapping(NotifyServlet.PATH + "/*", "/", "*.jsp", "*.jspx");
        context.addServlet("health", new HealthServlet(store)).addMapping("/health");
    }

    /** The operator's page. Who comes in is asked by it itself; where it is off, NotifyServlet says 404. */
    private static void addAdmin(ServletContext context, Settings settings, Store store) {
        List<Desk.Account> accounts = settings.accounts().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> new Desk.Account(each.getKey(), each.getValue().mchId()))
                .toList();
        Desk desk = new Desk(
                store,
                settings.admin(),
                accounts,
                () -> settings.watched().stream()
                        .filter(Reloadable::isRenewed)
                        .map(key -> new Desk.Key(key.key(), key.expires()))
                        .toList(),
                Clock.systemUTC());
        context.addServlet("admin", new AdminServlet(desk)).addMapping(AdminServlet.PATH + "/*");
    }

    /** HikariCP's threads may outlive its close() by a moment, and Tomcat would take them for a leak. */
    private static void awaitThreads() {
        long deadlineNanos = System.nanoTime() + MILLISECONDS.toNanos(THREADS_MS);
        ClassLoader ours = Startup.class.getClassLoader();
        try {
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getContextClassLoader() == ours && thread != Thread.currentThread()) {
                    thread.join(Math.max(1, NANOSECONDS.toMillis(deadlineNanos - System.nanoTime())));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (watch != null) {
            watch.close();
        }
        if (bills != null) {
            bills.close();
        }
        if (inquiries != null) {
            inquiries.close();
        }
        if (events != null) {
            events.close();
        }
        if (months != null) {
            months.close();
        }
        if (metrics != null) {
            metrics.close();
        }
        if (handler != null) {
            handler.close();
        }
        if (store != null) {
            store.close();
        }
        awaitThreads();
        try {
            // The driver put itself into DriverManager, which would keep the whole WAR in memory.
            if (Driver.isRegistered()) {
                Driver.deregister();
            }
        } catch (SQLException e) {
            LOG.error("the JDBC driver can't be deregistered", e);
        }
    }
}
