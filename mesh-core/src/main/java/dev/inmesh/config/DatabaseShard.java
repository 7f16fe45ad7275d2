package dev.inmesh.config;

import java.util.List;

/**
 * A shard of a database, as its entry says it. Immutable.
 *
 * @param database the name of the database that it is
 * @param keys the first values of the sharding keys that it has; empty for a share of all others
 */
public record DatabaseShard(String database, List<String> keys) {}
