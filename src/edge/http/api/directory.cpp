// SPDX-License-Identifier: Apache-2.0
#include "edge/http/api/bodies.h"
#include "edge/http/api/services.h"
#include "edge/http/api/views.h"

#include <nlohmann/json.hpp>

namespace congvan::http {
namespace {

constexpr std::size_t kGrantsMost = 32;

std::vector<directory::Grant> grantsField(Fields& fields) {
  std::vector<directory::Grant> grants;
  for (const auto* object : fields.objects("grants", kGrantsMost)) {
    Fields grant(*object, "grants.");
    const auto role = directory::role(grant.text("role", 32));
    if (!role) grant.refuse("role", "unknown_word");
    const auto over = idField(grant, "over");
    fields.adopt(grant);
    if (role) grants.push_back({*role, directory::AgencyId{over}});
  }
  return grants;
}

/// GET /api/v1/agencies: the whole tree, by name. 200.
Result<Reply> listAgencies(const Services& services, const Request& request) {
  const auto agencies = services.directory.agencies(*request.caller);
  if (!agencies) return agencies.error();
  return wholeListReply(views(*agencies));
}

/// POST /api/v1/agencies. 201; 403; 409 `agency_code_taken`; 422 as Directory::addAgency.
Result<Reply> addAgency(const Services& services, const Request& request) {
  const auto body = readBody<directory::NewAgency>(request, [](Fields& fields) {
    directory::NewAgency agency;
    if (const auto parent = optionalIdField(fields, "parent"))
      agency.parent = directory::AgencyId{*parent};
    agency.code = fields.optionalText("code", 35).value_or("");
    agency.name = fields.text("name", 200);
    agency.letters = fields.optionalText("letters", 20).value_or("");
    const auto kind = directory::agencyKind(fields.text("kind", 32));
    if (!kind) fields.refuse("kind", "unknown_word");
    agency.kind = kind.value_or(directory::AgencyKind::Unit);
    return agency;
  });
  if (!body) return body.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto agency = services.directory.addAgency(*caller, *body);
  if (!agency) return agency.error();
  return resourceReply(201, view(*agency), agency->version);
}

/// POST /api/v1/people   with sign-in name and first password. 201; 403; 409 `login_taken`; 422.
Result<Reply> addPerson(const Services& services, const Request& request) {
  struct Body {
    directory::NewPerson person;
    crypto::SecretBytes password;
  };
  const auto body = readBody<Body>(request, [](Fields& fields) {
    directory::NewPerson person{.name = fields.text("name", 50),
                                .email = fields.optionalText("email", 100).value_or(""),
                                .login = fields.text("login", 64)};
    return Body{std::move(person), secretField(fields, "password")};
  });
  if (!body) return body.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto person = services.directory.addPerson(*caller, body->person, body->password);
  if (!person) return person.error();
  return resourceReply(201, view(*person), person->version);
}

/// GET /api/v1/people/{id}. 200; 404.
Result<Reply> showPerson(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto person = services.directory.person(*request.caller, directory::PersonId{*id});
  if (!person) return person.error();
  return resourceReply(200, view(*person), person->version);
}

/// GET /api/v1/agencies/{id}/posts. 200.
Result<Reply> listPosts(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto posts = services.directory.posts(*request.caller, directory::AgencyId{*id});
  if (!posts) return posts.error();
  return wholeListReply(views(*posts));
}

/// POST /api/v1/posts. 201; 403; 422 `capacity_needs_body`.
Result<Reply> addPost(const Services& services, const Request& request) {
  const auto body = readBody<directory::NewPost>(request, [](Fields& fields) {
    directory::NewPost post{.agency = directory::AgencyId{idField(fields, "agency")}};
    post.title = fields.text("title", 100);
    const auto capacity = directory::capacity(fields.optionalText("capacity", 8).value_or("none"));
    if (!capacity) fields.refuse("capacity", "unknown_word");
    post.capacity = capacity.value_or(directory::Capacity::None);
    post.signs_for = fields.optionalText("signsFor", 200).value_or("");
    if (const auto holder = optionalIdField(fields, "holder"))
      post.holder = directory::PersonId{*holder};
    post.grants = grantsField(fields);
    return post;
  });
  if (!body) return body.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto post = services.directory.addPost(*caller, *body);
  if (!post) return post.error();
  return resourceReply(201, view(*post), post->version);
}

/// POST /api/v1/posts/{id}/end   If-Match. 200 the post; 403; 404; 409 `post_ended`; 412.
Result<Reply> endPost(const Services& services, const Request& request) {
  return changeUnderIfMatch<directory::PostId>(
      request, [&](const auto& caller, directory::PostId id, std::int64_t version) {
        return services.directory.endPost(caller, id, version);
      });
}

}  // namespace

void addDirectoryRoutes(Router& router, const Services& services) {
  Endpoints endpoints(router, services, 16U << 10U);
  endpoints.reading("/api/v1/agencies", &listAgencies);
  endpoints.changing("/api/v1/agencies", &addAgency);
  endpoints.reading("/api/v1/agencies/{id}/posts", &listPosts);
  endpoints.changing("/api/v1/people", &addPerson);
  endpoints.reading("/api/v1/people/{id}", &showPerson);
  endpoints.changing("/api/v1/posts", &addPost);
  endpoints.changing("/api/v1/posts/{id}/end", &endPost);
}

}  // namespace congvan::http
