package dev.inmesh.discovery.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;

/** An authoritative name server on a real port of loopback, UDP and TCP. */
final class DnsServer implements AutoCloseable {

  private static final int PLAIN_UDP = 512;

  private final InetAddress address = InetAddress.getLoopbackAddress();
  private final int port;
  private final AtomicInteger queries = new AtomicInteger();
  private final AtomicInteger overTcp = new AtomicInteger();
  private volatile List<Record> records = List.of();
  private volatile int rcode = Rcode.NOERROR;
  private volatile boolean silent;
  private volatile boolean garbling;
  private volatile boolean referring;
  private volatile String failing = "";
  private DatagramSocket udp;
  private ServerSocket tcp;

  DnsServer() throws IOException {
    while (true) {
      DatagramSocket datagrams = new DatagramSocket(0, address);
      try {
        tcp = new ServerSocket(datagrams.getLocalPort(), 50, address);
        udp = datagrams;
        break;
      } catch (IOException taken) {
        datagrams.close();
      }
    }
    port = udp.getLocalPort();
    serve();
  }

  private void serve() {
    DatagramSocket datagrams = udp;
    ServerSocket connections = tcp;
    new Thread(() -> serveUdp(datagrams), "dns-udp").start();
    new Thread(() -> serveTcp(connections), "dns-tcp").start();
  }

  String address() {
    return address.getHostAddress() + ":" + port;
  }

  int queries() {
    return queries.get();
  }

  int overTcp() {
    return overTcp.get();
  }

  void set(List<Record> all) {
    records = List.copyOf(all);
  }

  /** Answers everything with this code. */
  void fail(int code) {
    rcode = code;
  }

  /** Answers nothing. */
  void silence(boolean whether) {
    silent = whether;
  }

  /** Answers questions for this name with a failure. */
  void failFor(String name) {
    failing = name;
  }

  /** Sends something else before each answer over UDP. */
  void garble() {
    garbling = true;
  }

  /** Names other name servers instead of what it doesn't have. */
  void refer() {
    referring = true;
  }

  void kill() throws IOException {
    udp.close();
    tcp.close();
  }

  void restart() throws IOException {
    udp = new DatagramSocket(port, address);
    tcp = new ServerSocket(port, 50, address);
    serve();
  }

  private void serveUdp(DatagramSocket socket) {
    byte[] buffer = new byte[4096];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        Message query = new Message(Arrays.copyOf(buffer, packet.getLength()));
        OPTRecord opt = query.getOPT();
        byte[] answer = answer(query).toWire(opt == null ? PLAIN_UDP : opt.getPayloadSize());
        if (garbling) {
          byte[] garbage = Arrays.copyOf(answer, 20);
          socket.send(new DatagramPacket(garbage, garbage.length, packet.getSocketAddress()));
        }
        if (!silent) {
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        // closed, or no query: the next one
      }
    }
  }

  private void serveTcp(ServerSocket listener) {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        byte[] answer = answer(new Message(query)).toWire(Message.MAXLENGTH);
        overTcp.incrementAndGet();
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeShort(answer.length);
        out.write(answer);
      } catch (IOException e) {
        // closed, or no query: the next one
      }
    }
  }

  private Message answer(Message query) {
    queries.incrementAndGet();
    Record question = query.getQuestion();
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.AA);
    answer.getHeader().setRcode(rcode);
    answer.addRecord(question, Section.QUESTION);
    if (rcode != Rcode.NOERROR) {
      return answer;
    }
    Name name = question.getName();
    if (!failing.isEmpty() && name.equals(name(failing))) {
      answer.getHeader().setRcode(Rcode.SERVFAIL);
      return answer;
    }
    boolean known = false;
    for (Record record : records) {
      known |= record.getName().equals(name);
      if (record.getName().equals(name)
          && (record.getType() == question.getType() || record instanceof CNAMERecord)) {
        answer.addRecord(record, Section.ANSWER);
      }
    }
    if (referring && answer.getSection(Section.ANSWER).isEmpty()) {
      answer.getHeader().unsetFlag(Flags.AA);
      answer.addRecord(
          new NSRecord(name("test"), DClass.IN, 1, name("ns.test")), Section.AUTHORITY);
      return answer;
    }
    if (!known) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    if (answer.getSection(Section.ANSWER).isEmpty()) {
      answer.addRecord(soa(), Section.AUTHORITY);
    }
    return answer;
  }

  private static SOARecord soa() {
    Name name = name("test");
    return new SOARecord(name, DClass.IN, 1, name, name, 1, 1, 1, 1, 1);
  }

  static Name name(String text) {
    try {
      return Name.fromString(text, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static Record address(String name, long ttl, String host) {
    try {
      InetAddress address = InetAddress.getByName(host);
      return host.indexOf(':') >= 0
          ? new AAAARecord(name(name), DClass.IN, ttl, address)
          : new ARecord(name(name), DClass.IN, ttl, address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(host, e);
    }
  }

  static Record alias(String name, long ttl, String target) {
    return new CNAMERecord(name(name), DClass.IN, ttl, name(target));
  }

  static Record service(String name, long ttl, int priority, int weight, int port, String target) {
    return new SRVRecord(name(name), DClass.IN, ttl, priority, weight, port, name(target));
  }

  static List<Record> records(Record... records) {
    return new ArrayList<>(List.of(records));
  }

  @Override
  public void close() throws IOException {
    kill();
  }
}
