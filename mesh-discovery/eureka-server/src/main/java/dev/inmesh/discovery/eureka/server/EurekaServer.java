package dev.inmesh.discovery.eureka.server;

import java.util.Map;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;

/** The server of Spring Cloud, alone, and without the caches that delay what it says. */
@SpringBootApplication
@EnableEurekaServer
public class EurekaServer {

  /** Takes the port, and {@code key=value} as Spring does for what a test wants otherwise. */
  public static void main(String[] args) {
    Map<String, Object> properties =
        Map.ofEntries(
            Map.entry("server.port", args[0]),
            Map.entry("server.address", "127.0.0.1"),
            Map.entry("spring.main.banner-mode", "off"),
            Map.entry("logging.level.root", "WARN"),
            Map.entry("eureka.client.register-with-eureka", "false"),
            Map.entry("eureka.client.fetch-registry", "false"),
            Map.entry(
                "eureka.client.service-url.defaultZone", "http://127.0.0.1:" + args[0] + "/eureka"),
            Map.entry("eureka.server.use-read-only-response-cache", "false"),
            // An answer that was in the making when something changed is without it, and would be
            // given for 3 minutes, or until the next change.
            Map.entry("eureka.server.response-cache-auto-expiration-in-seconds", "1"),
            Map.entry("eureka.server.enable-self-preservation", "false"),
            Map.entry("eureka.server.wait-time-in-ms-when-sync-empty", "0"));
    new SpringApplicationBuilder(EurekaServer.class).properties(properties).run(args);
  }
}
