package paynotify.store;

/**
 * How busy the pool of connections is.
 *
 * @param pending how many threads wait for a connection
 * @param most as many as there may be
 */
public record PoolFigures(int active, int idle, int pending, int total, int most, int least) {}
