// dotnet add package Microsoft.IdentityModel.JsonWebTokens
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

var rsa = RSA.Create();
rsa.ImportFromPem(Environment.GetEnvironmentVariable("CONTACT_JWT_PRIVATE_KEY"));
var credentials = new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "2026-rsa" }, SecurityAlgorithms.RsaSha256);

// One token for one page or one answer of your token endpoint.
string SignContactJwt(string id, string name, string email) =>
    new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Claims = new Dictionary<string, object>
        {
            ["identity"] = id,
            ["comm100.name"] = name,
            ["comm100.email"] = email,
        },
        IssuedAt = DateTime.UtcNow,
        Expires = DateTime.UtcNow.AddMinutes(10),
        SigningCredentials = credentials,
    });

Console.WriteLine(SignContactJwt("user-123", "Ada Lovelace", "ada@acme.example"));
