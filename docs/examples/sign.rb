# gem install jwt
require "jwt"
require "openssl"

KEY = OpenSSL::PKey::RSA.new(ENV.fetch("CONTACT_JWT_PRIVATE_KEY"))

# One token for one page or one answer of your token endpoint.
def sign_contact_jwt(user)
  now = Time.now.to_i
  claims = {
    "identity" => user[:id],
    "comm100.name" => user[:name],
    "comm100.email" => user[:email],
    "iat" => now,
    "exp" => now + 600
  }
  JWT.encode(claims, KEY, "RS256", { kid: "2026-rsa" })
end

puts sign_contact_jwt({ id: "user-123", name: "Ada Lovelace", email: "ada@acme.example" })
