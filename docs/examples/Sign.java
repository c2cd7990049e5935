// com.nimbusds:nimbus-jose-jwt
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

public class Sign {
  record User(String id, String name, String email) {}

  /** One token for one page or one answer of your token endpoint. */
  static String signContactJwt(User user, RSASSASigner signer) throws Exception {
    Instant now = Instant.now();
    JWTClaimsSet claims = new JWTClaimsSet.Builder()
        .claim("identity", user.id())
        .claim("comm100.name", user.name())
        .claim("comm100.email", user.email())
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(600)))
        .build();
    SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("2026-rsa").build(), claims);
    token.sign(signer);
    return token.serialize();
  }

  /** By the JDK alone: the library's own reader of PEM needs Bouncy Castle. */
  static PrivateKey privateKey(String pem) throws Exception {
    String body = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "");
    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(body)));
  }

  public static void main(String[] args) throws Exception {
    RSASSASigner signer = new RSASSASigner(privateKey(System.getenv("CONTACT_JWT_PRIVATE_KEY")));
    System.out.println(signContactJwt(new User("user-123", "Ada Lovelace", "ada@acme.example"), signer));
  }
}
