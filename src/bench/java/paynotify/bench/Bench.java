package paynotify.bench;

import paynotify.store.Parts;

/** {@code mvn -Pbench verify}: measures, prints, and fails if a callback got lost on the way. */
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        Options options = Options.read();
        if (options.hasPart("parse")) {
            ParseAndVerifyTable.print(options);
        }
        if (options.hasPart("load")) {
            new Load(options).run();
        }
        if (options.hasPart("metrics")) {
            MetricsTable.print(options);
        }
        if (options.hasPart("lost")) {
            Lost.run(options);
        }
        // These take long, so only where they are asked for.
        switch (options.part()) {
            case "parts" -> Parts.print(options.rounds());
            case "queries" -> new Queries(options).run();
            case "people" -> new People(options).run();
            case "months" -> new OneMonthLess(options).run();
            case "storage" -> Storage.print(options);
            default -> {
                // Done above.
            }
        }
    }
}
