function within(parent, tag, text, mark) {
  return parent.appendChild(put(tag, text, mark));
}
function short(count) {
  return count < 10000 ? String(count) : (count / 10000).toFixed(1) + '万';
}
function counter(parent, label, count, mark) {
  var box = within(parent, 'div', '', mark);
  within(box, 'div', label);
  within(box, 'div', short(Number(count)));
}
function person(user) {
  document.title = user.nickname + '的抖音 - 抖音';
  var info = within(put('div', '', 'user-detail'), 'div', '', 'user-info');
  within(info, 'h1', user.nickname);
  counter(info, '关注', user.following_count, 'user-info-follow');
  counter(info, '粉丝', user.follower_count, 'user-info-fans');
  counter(info, '获赞', user.total_favorited, 'user-info-like');
  within(info, 'p', '抖音号：' + (user.unique_id || user.short_id) + '　' + user.ip_location);
  within(info, 'p', user.enterprise_verify_reason);
  put('div', String(user.aweme_count), 'user-tab-count');
}

signed('/aweme/v1/web/user/profile/other/', {
  sec_user_id: sec_uid, publish_video_strategy_type: 2, source: 'channel_pc_web', personal_center_strategy: 1,
}).then(function (told) {
  var user = told.user;
  if (told.status_code !== 0) return put('p', told.status_msg);
  if (user.is_ban) {
    put('p', '账号已被封禁');
    return put('p', '由于违反《抖音社区自律公约》的相关规定，该账号已被封禁');
  }
  person(user);
  if (user.secret) return put('p', '私密账号');
  if (!user.aweme_count) { put('p', '暂无内容'); put('p', '该账号还未发布过作品哦～'); }
  return signed('/aweme/v1/web/aweme/post/', {
    sec_user_id: sec_uid, max_cursor: 0, count: 18, locate_query: false, show_live_replay_strategy: 1,
  }, true).then(works);
});

function works(told) {
  if (told.status_code !== 0 || !told.aweme_list.length) return;
  var list = within(put('div', '', 'user-post-list'), 'ul', '', 'scroll-list');
  told.aweme_list.forEach(function (work) {
    var link = within(within(list, 'li', ''), 'a', '');
    link.href = (work.aweme_type === 68 ? '/note/' : '/video/') + work.aweme_id;
    if (work.is_top) within(link, 'span', '置顶');
    within(link, 'p', work.desc);
  });
  if ((told.not_login_module || {}).guide_login_tip_exist) put('div', '登录看更多最新作品');
}
