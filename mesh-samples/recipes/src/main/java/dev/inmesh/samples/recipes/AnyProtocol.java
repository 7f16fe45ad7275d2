package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import dev.inmesh.server.Server;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.util.Properties;

/**
 * Mail over several SMTP servers: the mesh picks one, and sees to the timeout, to ejection and the
 * breaker; the code talks to it. A server that can't be reached is passed over; what may have been
 * sent is not sent again.
 */
public final class AnyProtocol {

  private AnyProtocol() {}

  /** Takes the servers, separated by commas. */
  public static void main(String[] args) throws IOException {
    Usage.check(AnyProtocol.class, args, "<host:port,...>");
    System.out.println("sent by " + run(args[0], "It works."));
  }

  static String run(String servers, String subject) throws IOException {
    try (Mesh mesh =
        Mesh.builder()
            .property("mesh.upstream.mail.servers", servers)
            .property("mesh.upstream.mail.timeout", "20s")
            .build()) {
      return mesh.upstream("mail").call(server -> send(server, subject));
    }
  }

  private static String send(Server server, String subject) throws MessagingException {
    Properties properties = new Properties();
    properties.put("mail.smtp.host", server.host());
    properties.put("mail.smtp.port", String.valueOf(server.port()));
    MimeMessage message = new MimeMessage(Session.getInstance(properties));
    message.setFrom(new InternetAddress("shop@example.no"));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress("kari@example.no"));
    message.setSubject(subject);
    message.setText("Your order is on its way.");
    Transport.send(message);
    return server.address();
  }
}
