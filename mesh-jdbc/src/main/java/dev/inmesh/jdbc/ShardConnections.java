package dev.inmesh.jdbc;

import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.ShardingKey;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Asks the shard of a key for a connection. Not safe for concurrent use. */
final class ShardConnections implements ConnectionBuilder {

  private final CurrentShards shards;
  private final DataSource unsharded;
  private @Nullable String user;
  private @Nullable String password;
  private @Nullable ShardKey key;

  /**
   * @param unsharded gives those that are asked for without a key
   */
  ShardConnections(CurrentShards shards, DataSource unsharded) {
    this.shards = shards;
    this.unsharded = unsharded;
  }

  @Override
  public ConnectionBuilder user(@Nullable String name) {
    user = name;
    return this;
  }

  @Override
  public ConnectionBuilder password(@Nullable String secret) {
    password = secret;
    return this;
  }

  /**
   * The key, made by {@link MeshDataSource#createShardingKeyBuilder}.
   *
   * @throws IllegalArgumentException for a key of anything else's
   */
  @Override
  public ConnectionBuilder shardingKey(@Nullable ShardingKey of) {
    if (of != null && !(of instanceof ShardKey)) {
      throw new IllegalArgumentException(
          "a sharding key of " + of.getClass().getName() + ": use createShardingKeyBuilder()");
    }
    key = (ShardKey) of;
    return this;
  }

  /** Of no use here: shards have no parts. */
  @Override
  public ConnectionBuilder superShardingKey(@Nullable ShardingKey of) {
    if (of != null) {
      throw new UnsupportedOperationException("no super sharding keys: use shardingKey");
    }
    return this;
  }

  @Override
  public Connection build() throws SQLException {
    DataSource shard = key == null ? unsharded : shards.now().of(key);
    return user == null && password == null
        ? shard.getConnection()
        : shard.getConnection(user, password);
  }
}
