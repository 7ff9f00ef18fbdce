// What @gitbeaker/rest believes of a GitLab.
import { Gitlab } from '@gitbeaker/rest';

const { TRACKER_URL: host, TRACKER_TOKEN: token } = process.env;
const tell = (...what) => console.log(what.map(String).join(' '));
const api = new Gitlab({ host, token });
const project = 'acme/shop/api';
const refused = async (what, promise) => {
  const { name, cause } = await promise.then(() => ({}), (e) => e);
  tell(what, name, cause?.response?.status, cause?.description);
};

const p = await api.Projects.show(project);
tell('project', p.path_with_namespace, p.permissions.group_access.access_level);
tell('token', (await api.PersonalAccessTokens.show()).scopes.join('+'));
const made = await api.Issues.create(project, 'one', { description: 'd', labels: 'x,y' });
tell('made', made.iid, made.state, made.labels.join('+'), made.web_url.endsWith('/acme/shop/api/-/issues/1'));
for (let n = 2; n <= 12; n++) await api.Issues.create(project, `${n}`);
tell('listed', (await api.Issues.all({ projectId: project, perPage: 5 })).map((i) => i.iid).join(','));
const one = await api.Issues.show(1, { projectId: project });
tell('got', one.title, one.description, one.closed_at);
await refused('no title', api.Issues.create(project, ''));
await refused('no such issue', api.Issues.show(99, { projectId: project }));
await refused('no such project', api.Projects.show('acme/other'));
await refused('bad token', new Gitlab({ host, token: 'other' }).Projects.show(project));
tell('wait for me');
await new Promise((go) => process.stdin.once('data', go));
tell('limited', await api.Projects.show(project).then(() => 'no', (e) => e.message)); // it tries ten times, and waits
process.exit();
