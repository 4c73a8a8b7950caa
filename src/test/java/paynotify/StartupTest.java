package paynotify;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import org.junit.jupiter.api.Test;
import org.postgresql.Driver;

/** What no Tomcat does to a listener on purpose. The start itself: ConfigurationIT, DeploymentIT. */
class StartupTest {
    @Test
    void contextDestroyed_interruptedAndNeverStarted_staysInterruptedAndForgetsTheDriver() throws Exception {
        ClassLoader ours = Startup.class.getClassLoader();
        Thread other = new Thread(() -> {
            try {
                Thread.currentThread().join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        other.setContextClassLoader(ours);
        other.start();
        ServletContextEvent event = new ServletContextEvent(mock(ServletContext.class));
        Thread.currentThread().interrupt();
        try {
            new Startup().contextDestroyed(event);
            assertTrue(Thread.interrupted());
            assertTrue(!Driver.isRegistered());
        } finally {
            other.interrupt();
            Driver.register();
        }
    }
}
