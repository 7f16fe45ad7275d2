package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.Configuration;
import dev.inmesh.config.MeshConfigException;
import dev.inmesh.config.MeshSettings;
import dev.inmesh.config.Sources;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Server;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Thousands of ways to write an address that is not allowed, each sent the way of a server: read as
 * an entry of {@code servers}, resolved by this JVM, and asked of the networks. And hundreds of
 * ways to write one that is.
 */
final class NetworksCorpusTest {

  /** Wide on purpose: what embeds an IPv4 address is inside of ::/0. */
  private static final List<String> NETWORKS =
      List.of("203.0.113.0/24", "198.51.100.0/25", "2001:db8::/32", "::/0");

  private static final List<String> FORBIDDEN =
      List.of(
          "127.0.0.1",
          "127.255.255.254",
          "127.0.0.53",
          "10.0.0.1",
          "10.255.255.255",
          "172.16.0.1",
          "172.31.255.254",
          "192.168.0.1",
          "192.168.255.254",
          "169.254.169.254",
          "169.254.0.1",
          "100.64.0.1",
          "100.100.100.200",
          "192.0.0.192",
          "0.0.0.0",
          "0.0.0.2", // Not 0.0.0.1: as IPv4-compatible that is ::1, which ::/0 lists.
          "255.255.255.255",
          "224.0.0.1",
          "198.18.0.1",
          "203.0.112.255",
          "203.0.114.0",
          "198.51.100.128");

  /** What the resolver of the system reads as an address without asking anybody. */
  private static final Pattern NUMERIC =
      Pattern.compile(
          "(?:0[xX][0-9a-fA-F]{1,8}|[0-9]{1,12})(?:\\.(?:0[xX][0-9a-fA-F]+|[0-9]+)){0,3}");

  private final Random random = new Random(19);
  private final AllowedNetworks networks = AllowedNetworks.of(NETWORKS);

  private int refusedAsWritten;
  private int resolved;

  @Test
  void noFormOfAForbiddenAddressIsAllowed() throws Exception {
    Set<String> forms = new LinkedHashSet<>(handWritten());
    assertThat(forms).hasSizeGreaterThan(100);
    for (String address : FORBIDDEN) {
      forms.addAll(formsOf(bytes(address)));
    }
    while (forms.size() < 4_000) {
      byte[] bytes = new byte[4];
      random.nextBytes(bytes);
      if (!networks.allow(InetAddress.getByAddress(bytes))) {
        forms.addAll(formsOf(bytes));
      }
    }

    List<String> bypasses = new ArrayList<>();
    for (String form : forms) {
      if (isBypass(form)) {
        bypasses.add(form);
      }
    }

    System.out.println(
        forms.size()
            + " forms: "
            + refusedAsWritten
            + " refused as they are written, "
            + resolved
            + " addresses asked of the networks, "
            + bypasses.size()
            + " bypasses");
    assertThat(bypasses).isEmpty();
    assertThat(forms).hasSizeGreaterThanOrEqualTo(2_000);
    assertThat(refusedAsWritten).as("the reader of entries is tried").isGreaterThan(1_000);
    assertThat(resolved).as("so are the networks").isGreaterThan(2_000);
  }

  /** ::1 is inside of ::/0, so IPv6 addresses have networks without it. */
  @Test
  void noFormOfAForbiddenIpv6AddressIsAllowed() throws Exception {
    AllowedNetworks narrow =
        AllowedNetworks.of(List.of("203.0.113.0/24", "2001:db8::/32", "2002::/16"));
    Set<String> forms = new LinkedHashSet<>();
    for (String address :
        List.of(
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db7::1",
            "2001:db9::")) {
      forms.addAll(ipv6Forms(bytes(address)));
    }
    while (forms.size() < 500) {
      byte[] bytes = new byte[16];
      random.nextBytes(bytes);
      forms.addAll(ipv6Forms(bytes));
    }

    for (String form : forms) {
      assertThat(servers(form, List.of())).as(form).isPresent();
      assertThat(servers(form, List.of("203.0.113.0/24", "2001:db8::/32"))).as(form).isEmpty();
      for (InetAddress address : resolve(form.substring(1, form.length() - 1))) {
        assertThat(narrow.allow(address)).as(form).isFalse();
      }
    }
  }

  @Test
  void noFormOfAnAllowedAddressIsBlocked() throws Exception {
    Set<String> forms = new LinkedHashSet<>();
    while (forms.size() < 500) {
      byte last = (byte) random.nextInt(256);
      byte[] four = {(byte) 203, 0, 113, last};
      forms.add(dotted(four));
      forms.add("[::ffff:" + dotted(four) + "]");
      forms.add("[::ffff:" + hex(four) + "]");
      forms.add("[64:ff9b::" + dotted(four) + "]");
      forms.add("[2002:" + hex(four) + "::" + (last & 0xff) + "]");
      forms.add("[2001:0:" + hex(four) + "::" + hex(inverted(four)) + "]");
      forms.add("[2a00:1::5efe:" + hex(four) + "]");
      byte[] six = new byte[16];
      random.nextBytes(six);
      System.arraycopy(bytes("2001:db8::"), 0, six, 0, 4);
      forms.addAll(ipv6Forms(six));
    }

    List<String> blocked = new ArrayList<>();
    for (String form : forms) {
      Optional<List<Server>> servers = servers(form, NETWORKS);
      boolean allowed = servers.isPresent();
      for (Server server : servers.orElse(List.of())) {
        for (InetAddress address : resolve(server.host())) {
          allowed &= networks.allow(address);
        }
      }
      if (!allowed) {
        blocked.add(form);
      }
    }

    System.out.println(forms.size() + " legal forms: " + blocked.size() + " blocked");
    assertThat(blocked).isEmpty();
    assertThat(forms).hasSizeGreaterThanOrEqualTo(500);
  }

  /** By any of the ways in: as an entry with and without the check at the start, or past both. */
  private boolean isBypass(String form) {
    boolean bypass = false;
    Optional<List<Server>> unchecked = servers(form, List.of());
    refusedAsWritten += unchecked.isEmpty() ? 1 : 0;
    for (Server server : unchecked.orElse(List.of())) {
      bypass |= isAllowed(server.host());
    }
    // An entry that is no literal passes the start, and then counts by what it leads to.
    for (Server server : servers(form, NETWORKS).orElse(List.of())) {
      bypass |= isAllowed(server.host());
    }
    // As a registry might list it, or a Location might name it: nobody has read it before.
    return bypass || (NUMERIC.matcher(form).matches() && isAllowed(form));
  }

  private boolean isAllowed(String host) {
    for (InetAddress address : resolve(host)) {
      resolved++;
      if (networks.allow(address)) {
        return true;
      }
    }
    return false;
  }

  private static List<InetAddress> resolve(String host) {
    return new Resolver(Runnable::run).name(host).addresses(System.nanoTime());
  }

  /** Empty when the configuration is refused. */
  private static Optional<List<Server>> servers(String host, List<String> networks) {
    Map<String, String> keys = new HashMap<>();
    keys.put("mesh.upstream.u.servers", host + ":5000");
    if (!networks.isEmpty()) {
      keys.put("mesh.allowed-networks", String.join(",", networks));
    }
    try {
      MeshSettings settings = Configuration.open(Sources.of(keys)).current().settings();
      return Optional.of(Objects.requireNonNull(settings.upstreams().get("u")).servers());
    } catch (MeshConfigException refused) {
      return Optional.empty();
    }
  }

  private static List<String> handWritten() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            NetworksCorpusTest.class.getResourceAsStream("/forbidden-forms.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  private static byte[] bytes(String address) throws UnknownHostException {
    return InetAddress.getByName(address).getAddress();
  }

  /** All notations of an IPv4 address. */
  private List<String> formsOf(byte[] four) throws UnknownHostException {
    List<String> forms = new ArrayList<>();
    int[] parts = {four[0] & 0xff, four[1] & 0xff, four[2] & 0xff, four[3] & 0xff};
    long number = ((long) parts[0] << 24) | (parts[1] << 16) | (parts[2] << 8) | parts[3];
    String dotted = dotted(four);
    forms.add(dotted);
    for (String format : List.of("%d", "%04o", "0x%x", "0X%02X", "%03d", "0x%08x", "%011o")) {
      forms.add(
          String.format(
              Locale.ROOT,
              format + "." + format + "." + format + "." + format,
              parts[0],
              parts[1],
              parts[2],
              parts[3]));
      forms.add(String.format(Locale.ROOT, format + ".%d", parts[0], number & 0xffffff));
      forms.add(
          String.format(Locale.ROOT, "%d." + format + ".%d", parts[0], parts[1], number & 0xffff));
    }
    forms.add(Long.toString(number));
    forms.add("0" + Long.toOctalString(number));
    forms.add("0x" + Long.toHexString(number));
    forms.add("0X" + Long.toHexString(number).toUpperCase(Locale.ROOT));
    forms.add(String.format(Locale.ROOT, "%d.0%o.0x%x.%d", parts[0], parts[1], parts[2], parts[3]));
    forms.add(dotted + ".");
    forms.add("[" + dotted + "]");
    forms.add(dotted.replace(".", "%2e"));
    forms.add(dotted.replace('.', '\u3002'));
    forms.add(dotted.replace('.', '\uff0e'));
    forms.add(shifted(dotted, '\uff10'));
    forms.add(shifted(dotted, '\u0660'));
    for (String prefix :
        List.of(
            "::ffff:",
            "0:0:0:0:0:ffff:",
            "0000:0000:0000:0000:0000:FFFF:",
            "::",
            "::ffff:0:",
            "64:ff9b::",
            "0064:FF9B:0:0:0:0:",
            "64:ff9b:1::",
            "64:ff9b:1:" + word() + ":" + word() + ":" + word() + ":",
            "2001:db8::5efe:",
            "2001:db8:" + word() + ":" + word() + ":200:5efe:",
            "fe80::5efe:")) {
      forms.add("[" + prefix + dotted + "]");
      forms.add("[" + prefix + hex(four) + "]");
      forms.add("[" + prefix.toUpperCase(Locale.ROOT) + hex(four).toUpperCase(Locale.ROOT) + "]");
    }
    forms.add("[2002:" + hex(four) + "::]");
    forms.add("[2002:" + hex(four) + ":" + word() + "::" + word() + "]");
    forms.add("[2001:0:" + hex(four) + "::34ff:8efe]");
    forms.add(
        "[2001::"
            + hex(new byte[] {(byte) 203, 0, 113, 1})
            + ":8000:"
            + word()
            + ":"
            + hex(inverted(four))
            + "]");
    forms.add(
        String.format(
            Locale.ROOT, "[64:ff9b:1:%x:%x:%x::]", number >> 16, parts[2], parts[3] << 8));
    forms.add(
        String.format(
            Locale.ROOT, "[64:ff9b:1:%x:%x:%x::]", parts[0], parts[1], (parts[2] << 8) | parts[3]));
    forms.add(
        String.format(
            Locale.ROOT,
            "[64:ff9b:1:0:%x:%x:%x:0]",
            parts[0],
            (parts[1] << 8) | parts[2],
            parts[3] << 8));
    return forms;
  }

  /** All notations of an IPv6 address, in brackets. */
  private static List<String> ipv6Forms(byte[] six) throws UnknownHostException {
    StringBuilder full = new StringBuilder();
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < 16; i += 2) {
      int word = ((six[i] & 0xff) << 8) | (six[i + 1] & 0xff);
      full.append(i == 0 ? "" : ":").append(String.format(Locale.ROOT, "%04x", word));
      plain.append(i == 0 ? "" : ":").append(Integer.toHexString(word));
    }
    String start = plain.substring(0, plain.substring(0, plain.lastIndexOf(":")).lastIndexOf(":"));
    byte[] end = {six[12], six[13], six[14], six[15]};
    String shortest =
        plain.toString().replaceFirst("(?<![0-9a-f])0(:0)+", ":").replace(":::", "::");
    List<String> forms = new ArrayList<>();
    for (String form :
        List.of(full.toString(), plain.toString(), start + ":" + dotted(end), shortest)) {
      forms.add("[" + form + "]");
      forms.add("[" + form.toUpperCase(Locale.ROOT) + "]");
    }
    forms.removeIf(form -> !sameAs(form, six));
    return forms;
  }

  private static boolean sameAs(String bracketed, byte[] six) {
    try {
      return InetAddress.getByName(bracketed).equals(InetAddress.getByAddress(six));
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private String word() {
    return Integer.toHexString(1 + random.nextInt(0xfffe));
  }

  private static String dotted(byte[] four) throws UnknownHostException {
    return ((Inet4Address) InetAddress.getByAddress(four)).getHostAddress();
  }

  private static String hex(byte[] four) {
    return Integer.toHexString(((four[0] & 0xff) << 8) | (four[1] & 0xff))
        + ":"
        + Integer.toHexString(((four[2] & 0xff) << 8) | (four[3] & 0xff));
  }

  private static byte[] inverted(byte[] four) {
    return new byte[] {(byte) ~four[0], (byte) ~four[1], (byte) ~four[2], (byte) ~four[3]};
  }

  private static String shifted(String digits, char zero) {
    StringBuilder shifted = new StringBuilder();
    digits.chars().forEach(c -> shifted.append(c == '.' ? '.' : (char) (c - '0' + zero)));
    return shifted.toString();
  }
}
