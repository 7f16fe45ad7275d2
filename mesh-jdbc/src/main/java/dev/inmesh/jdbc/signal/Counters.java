package dev.inmesh.jdbc.signal;

import java.util.List;

/**
 * What a server has counted.
 *
 * @param server another one, or the same after a restart, has another text
 * @param reset another one after the statistics were reset
 */
record Counters(String server, String reset, List<Pair> pairs) {}
