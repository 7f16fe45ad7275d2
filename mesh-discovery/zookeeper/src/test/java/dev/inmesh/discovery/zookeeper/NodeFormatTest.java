package dev.inmesh.discovery.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.server.ServerEntry;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What nodes say. */
final class NodeFormatTest {

  private static String read(NodeFormat format, String name, String data) {
    return String.join(" ", format.read(name, data.getBytes(StandardCharsets.UTF_8)).words());
  }

  private static String curator(String json) {
    return read(NodeFormat.AUTO, "id", json.replace('\'', '"'));
  }

  private static String rewritten(NodeFormat format, String line) {
    byte[] data = format.write("inventory", ServerEntry.line(line));
    return String.join(" ", format.read("id", data).words());
  }

  @Test
  void aLineIsInTheData() {
    assertThat(read(NodeFormat.AUTO, "n1", " 10.0.0.3:5000 weight=5\n"))
        .isEqualTo("10.0.0.3:5000 weight=5");
  }

  @Test
  void aNodeWithoutDataIsItsName() {
    assertThat(read(NodeFormat.AUTO, "10.0.0.3:5000", "")).isEqualTo("10.0.0.3:5000");
    assertThat(read(NodeFormat.LINES, "10.0.0.3:5000 backup", " \n"))
        .isEqualTo("10.0.0.3:5000 backup");
  }

  @Test
  void theAddressThatCuratorWritesWhereNoDataIsGivenIsNone() {
    assertThat(read(NodeFormat.AUTO, "10.0.0.3:5000", "10.0.0.99")).isEqualTo("10.0.0.3:5000");
    assertThat(read(NodeFormat.AUTO, "10.0.0.3:5000", "fd00::99")).isEqualTo("10.0.0.3:5000");
  }

  @Test
  void anInstanceOfCuratorIsAServer() {
    assertThat(
            curator(
                "{'name':'inventory','id':'x','address':'10.0.0.3','port':5000,'sslPort':null,"
                    + "'payload':null,'registrationTimeUTC':1,'serviceType':'DYNAMIC',"
                    + "'uriSpec':{'parts':[{'value':'scheme','variable':true}]},'enabled':true}"))
        .isEqualTo("10.0.0.3:5000");
    assertThat(curator("{'address':'fd00::3','port':5000}")).isEqualTo("[fd00::3]:5000");
    assertThat(curator("{'address':'a.no','port':null,'sslPort':5443}")).isEqualTo("a.no:5443");
    assertThat(curator("{'address':'a.no','port':80,'sslPort':5443}")).isEqualTo("a.no:80");
  }

  @Test
  void aPayloadSaysWeightAndZoneAmongOthers() {
    assertThat(
            curator(
                "{'address':'a','port':1,'payload':{'@class':'x.Y','weight':5,'zone':'b',"
                    + "'version':'1.2','tags':['weight'],'backup':true,'down':false}}"))
        .isEqualTo("a:1 weight=5 zone=b backup");
    assertThat(curator("{'address':'a','port':1,'payload':'weight=5'}")).isEqualTo("a:1");
    assertThat(curator("{'address':'a','port':1,'payload':['x',{'weight':5}]}")).isEqualTo("a:1");
    assertThat(curator("{'address':'a','port':1,'payload':{'weight':{'zone':'b'}}}"))
        .isEqualTo("a:1");
  }

  @Test
  void whoIsNotEnabledIsDrained() {
    assertThat(curator("{'address':'a','port':1,'enabled':false}")).isEqualTo("a:1 drain");
    assertThat(curator("{'address':'a','port':1,'enabled':false,'payload':{'drain':true}}"))
        .isEqualTo("a:1 drain");
  }

  @Test
  void theMetadataOfSpringCloudIsRead() {
    assertThat(
            curator(
                "{'address':'a','port':1,'payload':{'@class':'o.s.ZookeeperInstance','id':'i',"
                    + "'metadata':{'instance_status':'OUT_OF_SERVICE','zone':'b'}}}"))
        .isEqualTo("a:1 drain zone=b");
    assertThat(curator("{'address':'a','port':1,'payload':{'metadata':{'instance_status':'UP'}}}"))
        .isEqualTo("a:1");
  }

  @Test
  void whatIsNoInstanceSaysWhy() {
    assertThat(curator("{'address':'a','port':1")).isEqualTo("id (not JSON)");
    assertThat(curator("{'address':'a','port':1} x")).isEqualTo("id (not JSON)");
    assertThat(curator("{'port':1}")).isEqualTo("id (no address)");
    assertThat(curator("{'address':{'a':1},'port':1}")).isEqualTo("id (no address)");
    assertThat(read(NodeFormat.CURATOR, "id", "10.0.0.3:5000")).isEqualTo("id (not JSON)");
    assertThat(read(NodeFormat.CURATOR, "id", "")).isEqualTo("id (no JSON object)");
    assertThat(read(NodeFormat.LINES, "id", "{}")).isEqualTo("{}");
  }

  @Test
  void whatIsWrittenReadsAsItWas() {
    for (NodeFormat format : NodeFormat.values()) {
      for (String line :
          new String[] {
            "10.0.0.3:5000", "10.0.0.3:5000 drain", "[fd00::3]:5000 weight=5", "a.no:1 backup"
          }) {
        assertThat(rewritten(format, line)).isEqualTo(line);
      }
    }
  }
}
