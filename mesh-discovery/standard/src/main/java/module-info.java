/** Server lists from files, DNS and registries over HTTP. */
module dev.inmesh.discovery.standard {
  requires dev.inmesh;
  requires okhttp3;
  requires com.fasterxml.jackson.core;
  requires org.dnsjava;
  requires static org.jspecify;

  provides dev.inmesh.server.ServerSourceFactory with
      dev.inmesh.discovery.consul.ConsulSourceFactory,
      dev.inmesh.discovery.etcd.EtcdSourceFactory,
      dev.inmesh.discovery.kubernetes.KubernetesSourceFactory,
      dev.inmesh.discovery.file.FileSourceFactory,
      dev.inmesh.discovery.dns.DnsSourceFactory,
      dev.inmesh.discovery.dns.DnsSrvSourceFactory,
      dev.inmesh.discovery.eureka.EurekaSourceFactory;
}
